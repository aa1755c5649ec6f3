/**
 * What the laboratory adds to the engine's tables: it writes down every committed version of a tree, every claim of a
 * dial and every breach of a customer's limit, in the transaction that made it. The engine knows nothing of it.
 */
export const WITNESSES = `
CREATE TABLE lab_version (root_id uuid NOT NULL, version int NOT NULL, at double precision NOT NULL,
  tree json NOT NULL, groupcalls json NOT NULL, legs json NOT NULL);
CREATE INDEX lab_version_root ON lab_version (root_id, version);
CREATE FUNCTION lab_note_version() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO lab_version SELECT NEW.root_id, NEW.version, extract(epoch FROM clock_timestamp()) * 1000,
    row_to_json(NEW),
    (SELECT coalesce(json_agg(json_build_object('id', id, 'customer_id', customer_id, 'status', status, 'slots', slots,
      'master_groupcall_id', master_groupcall_id, 'ring_method', ring_method, 'answer_method', answer_method,
      'answer_call_id', answer_call_id, 'answer_groupcall_id', answer_groupcall_id, 'call_count', call_count,
      'groupcall_count', groupcall_count, 'dial_index', dial_index, 'hangup_reason', hangup_reason,
      'tm_delete', tm_delete) ORDER BY ordinal), '[]')
      FROM groupcall WHERE root_id = NEW.root_id),
    (SELECT coalesce(json_agg(json_build_object('id', id, 'groupcall_id', groupcall_id, 'customer_id', customer_id,
      'destination', destination->>'target', 'source', source->>'target', 'destination_index', destination_index,
      'status', status, 'hangup_reason', hangup_reason, 'tm_create', tm_create, 'tm_answer', tm_answer,
      'dial_deadline', dial_deadline) ORDER BY ordinal), '[]')
      FROM groupcall_leg WHERE root_id = NEW.root_id);
  RETURN NULL;
END $$;
-- Deferred: it runs when the transaction commits, so "at" is as late as it can be.
CREATE CONSTRAINT TRIGGER lab_version AFTER INSERT OR UPDATE ON groupcall_tree
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lab_note_version();

CREATE TABLE lab_claim (leg_id uuid NOT NULL, kind text NOT NULL, claim_no int NOT NULL, at double precision NOT NULL);
CREATE FUNCTION lab_note_claim() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO lab_claim VALUES (NEW.leg_id, NEW.kind, NEW.claim_no, extract(epoch FROM clock_timestamp()) * 1000);
  RETURN NULL;
END $$;
CREATE TRIGGER lab_claim AFTER UPDATE ON groupcall_outbox FOR EACH ROW
  WHEN (NEW.kind = 'dial' AND NEW.claimed_by IS NOT NULL AND NEW.claim_no > OLD.claim_no) EXECUTE FUNCTION lab_note_claim();

-- A bundle is claimed by whoever commits it, in the commit itself.
CREATE FUNCTION lab_note_bundle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO lab_claim SELECT
    (left(coalesce(NEW.effects::json->>0, NEW.root_id::text), 31) || lpad(to_hex((e#>>'{}')::int), 5, '0'))::uuid,
    'dial', 1, extract(epoch FROM clock_timestamp()) * 1000
  FROM json_array_elements(NEW.effects::json->6) e WHERE json_typeof(e) = 'number' AND e#>>'{}' <> '0';
  RETURN NULL;
END $$;
CREATE TRIGGER lab_bundle AFTER INSERT ON groupcall_bundle FOR EACH ROW
  WHEN (NEW.holder <> '') EXECUTE FUNCTION lab_note_bundle();

-- Everything that is left to do: single effects, and those that are still in one piece with their turn.
CREATE VIEW lab_left AS
  SELECT id, root_id, kind, leg_id, status, attempts, last_error FROM groupcall_outbox
  UNION ALL SELECT 0, root_id, 'bundle', NULL, 'pending', 0, 'held by ' || holder || ' until ' || held_until FROM groupcall_bundle;

CREATE TABLE lab_live_legs (customer_id uuid PRIMARY KEY, least int NOT NULL, most int NOT NULL);
CREATE FUNCTION lab_note_live_legs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO lab_live_legs AS l VALUES (NEW.customer_id, NEW.live_legs, NEW.live_legs)
  ON CONFLICT (customer_id) DO UPDATE SET least = least(l.least, NEW.live_legs), most = greatest(l.most, NEW.live_legs)
  WHERE l.least > NEW.live_legs OR l.most < NEW.live_legs;
  RETURN NULL;
END $$;
CREATE TRIGGER lab_live_legs AFTER INSERT OR UPDATE ON groupcall_customer
  FOR EACH ROW EXECUTE FUNCTION lab_note_live_legs();

-- Failpoint F5: inside the commit statement, after the compare-and-set, before the first outbox row.
CREATE FUNCTION lab_inside() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE wanted text; BEGIN
  wanted := current_setting('faults.inside', true);
  PERFORM set_config('faults.inside', '', false);
  IF wanted = 'raise' THEN RAISE EXCEPTION 'F5: could not serialize' USING ERRCODE = '40001'; END IF;
  PERFORM pg_sleep(wanted::float8 / 1000);
  RETURN NEW;
END $$;
CREATE TRIGGER lab_inside BEFORE INSERT ON groupcall_outbox FOR EACH ROW
  WHEN (coalesce(current_setting('faults.inside', true), '') <> '') EXECUTE FUNCTION lab_inside();
CREATE TRIGGER lab_inside_bundle BEFORE INSERT ON groupcall_bundle FOR EACH ROW
  WHEN (coalesce(current_setting('faults.inside', true), '') <> '') EXECUTE FUNCTION lab_inside();
`;
