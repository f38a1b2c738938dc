-- Who had a customer or a deal before a person gave it to somebody else: a source that goes on naming them says nothing new.
ALTER TABLE customer ADD COLUMN former_owner_id UUID;
ALTER TABLE deal ADD COLUMN former_owner_id UUID;
