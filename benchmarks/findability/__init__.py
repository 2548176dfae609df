"""Do people who ask in their own words find the right kind of help? Measured over a real register of one region."""
