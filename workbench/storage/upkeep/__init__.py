"""Backup, check and roles."""
