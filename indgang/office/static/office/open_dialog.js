// Reopens the dialog named on the script when a form in it returns with errors.
document.getElementById(document.currentScript.dataset.dialog)?.showModal();
