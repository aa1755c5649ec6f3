/** The only home of the table names. */
export const TABLES = {
  tree: 'groupcall_tree',
  groupcall: 'groupcall',
  leg: 'groupcall_leg',
  outbox: 'groupcall_outbox',
  customer: 'groupcall_customer',
} as const;
