"""Mid-term or final evaluation of a plan in the bureau's own classes: progress against the time elapsed at the data's date."""
