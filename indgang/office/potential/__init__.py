"""Channel potential in the office: registered enquiries by rules, and the documents' tables."""
