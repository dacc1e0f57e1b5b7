"""Small widgets that panels and dialogs are made of."""
