"""Business cases in the office: tables in the documents' layout, what decides them, and files of them."""
