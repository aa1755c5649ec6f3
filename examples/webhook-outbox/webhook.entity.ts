import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One event on its way to a customer. Kept after its delivery: the id is what repeats are known by. */
@Entity('webhook')
export class WebhookEntity {
  /** The event's id: the same on every delivery. */
  @PrimaryColumn('varchar', { length: 64 })
  id!: string;

  /** Order of arrival, which within one tree is the order of events. */
  @Column('bigint', { generated: 'increment' })
  position!: string;

  @Column('uuid')
  groupcall_id!: string;

  /** Root of the tree: one queue of events each. */
  @Column('uuid')
  tree_id!: string;

  @Column('jsonb')
  body!: object;

  @Column('timestamptz', { nullable: true })
  delivered_at!: Date | null;
}
