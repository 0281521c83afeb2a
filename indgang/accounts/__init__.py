"""People who sign in, their roles and what each permission allows. A role holds for a unit and the units below it."""
