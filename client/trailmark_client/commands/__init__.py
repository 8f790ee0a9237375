"""What a person does: plain functions over one transaction, each recording what happened."""
