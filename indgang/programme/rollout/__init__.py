"""The rollout of a contact centre: stages and their services, activities, milestones, risks, and who is told what."""
