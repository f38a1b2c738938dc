# Playbooks

# Editor
