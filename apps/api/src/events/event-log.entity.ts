import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** One public event as it was delivered. Written once, never changed, removed after a day. Moments are epoch ms. */
@Entity('event_log')
@Index('event_log_customer', ['customerId', 'position'])
export class EventLogEntry {
  /** The order in which events became visible: who has read up to a position has missed nothing below it. */
  @PrimaryGeneratedColumn({ type: 'bigint' })
  position!: string;

  @Column('uuid', { name: 'customer_id' })
  customerId!: string;

  /** The same on every delivery. */
  @Index('event_log_event', { unique: true })
  @Column('uuid', { name: 'event_id' })
  eventId!: string;

  /** Owner of the groupcall it is about; the nil UUID when it has none. */
  @Column('uuid', { name: 'owner_id' })
  ownerId!: string;

  @Column('text')
  type!: string;

  /** The wire form, kept as text so that its keys stay in order. */
  @Column('json')
  payload!: unknown;

  @Column('bigint', { name: 'tm_create' })
  tmCreate!: string;
}
