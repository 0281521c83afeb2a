"""People who sign in, their roles and what each permission allows. Rights follow units."""
