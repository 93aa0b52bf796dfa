"""What people type about interviews. Rules live in the actions."""
