"""The car as security: plate, lien, green book and insurance, each with its owner and its clock."""
