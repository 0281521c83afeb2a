"""Reply texts: snippets and whole answers with fields, of a person, a queue's team or a unit."""
