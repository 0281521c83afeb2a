// Opens the dialog named on the script again, after a form in it came back with something to put right.
document.getElementById(document.currentScript.dataset.dialog)?.showModal();
