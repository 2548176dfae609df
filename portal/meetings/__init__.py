"""Meetings of groups: agenda, invitations, calendar."""
