// What must be true of a database after a soak, when everything has ended: one statement each that finds what breaks it.
const RULES = {
  'I1: more than one leg of a tree was accepted as the winner': `
    SELECT root_id AS id FROM groupcall_leg WHERE hangup_reason = 'normal' AND tm_answer IS NOT NULL AND hangup_by <> 'local'
    GROUP BY root_id HAVING count(*) > 1`,
  'I1: the answer of a groupcall is not the winner of its tree': `
    SELECT g.id FROM groupcall g JOIN groupcall_tree t USING (root_id)
    WHERE g.answer_call_id <> '00000000-0000-0000-0000-000000000000' AND g.answer_call_id IS DISTINCT FROM t.winner_leg_id`,
  'I2: a tree was answered and its root does not say so': `
    SELECT t.root_id AS id FROM groupcall_tree t JOIN groupcall g ON g.id = t.root_id
    WHERE t.winner_leg_id IS NOT NULL AND NOT t.live AND g.hangup_reason <> 'normal'`,
  'a groupcall has not ended': `SELECT id FROM groupcall WHERE status <> 'hangup' OR hangup_reason = ''`,
  'a leg has not ended': `SELECT id FROM groupcall_leg WHERE status <> 'hangup' OR hangup_reason = '' OR tm_hangup IS NULL`,
  'counts of living legs or children are not zero': `SELECT id FROM groupcall WHERE call_count <> 0 OR groupcall_count <> 0`,
  'a customer has living legs': `SELECT customer_id AS id FROM groupcall_customer WHERE live_legs <> 0`,
  'an effect is left': `SELECT root_id AS id FROM groupcall_outbox UNION ALL SELECT root_id FROM groupcall_bundle`,
  'a call is alive at the gateway': `SELECT id FROM simulated_call WHERE state IN ('ringing', 'answered')`,
  'a call was placed for no leg': `SELECT c.id FROM simulated_call c LEFT JOIN groupcall_leg l USING (id) WHERE l.id IS NULL`,
  'a leg that rang has no call': `
    SELECT l.id FROM groupcall_leg l LEFT JOIN simulated_call c USING (id)
    WHERE c.id IS NULL AND (l.tm_ringing IS NOT NULL OR l.tm_answer IS NOT NULL)`,
  'a ring time-out came too early': `
    SELECT id FROM groupcall_leg WHERE hangup_reason = 'dialout' AND tm_hangup < dial_deadline`,
  'numbers of a tree’s events have gaps or repeats': `
    SELECT t.root_id AS id FROM groupcall_tree t LEFT JOIN (
      SELECT g.root_id, count(DISTINCT (e.payload->>'sequence')::int) AS told, count(*) AS rows
      FROM event_log e JOIN groupcall g ON g.id = (e.payload->'data'->>'id')::uuid GROUP BY 1) x USING (root_id)
    WHERE x.told IS DISTINCT FROM t.event_sequence OR x.rows <> x.told`,
};

/** @returns a line for each rule that is broken */
export async function findViolations(client, created) {
  const problems = [];
  for (const [rule, sql] of Object.entries(RULES)) {
    const { rows } = await client.query(sql);
    if (rows.length > 0) problems.push(`${rule}: ${rows.length}, such as ${rows[0].id}`);
  }
  const { rows } = await client.query('SELECT count(*)::int AS n FROM groupcall_tree');
  if (rows[0].n !== created) problems.push(`${created} groupcalls were accepted and ${rows[0].n} are stored`);
  return problems;
}
