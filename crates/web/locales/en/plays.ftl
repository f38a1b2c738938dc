# Playbooks
