"""Pages of everybody's own account, whatever the audience: joining a team by link, making keys."""
