import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A name under which phones are registered. Moments are epoch ms. */
@Entity('extension')
export class Extension {
  @PrimaryColumn('uuid', { name: 'customer_id' })
  customerId!: string;

  @PrimaryColumn('text')
  name!: string;

  /** `user@host` of each registered phone. */
  @Column('json')
  contacts!: string[];

  /** The agent whose extension it is, if anybody's. */
  @Column('uuid', { name: 'agent_id', nullable: true })
  agentId!: string | null;

  @Column('bigint', { name: 'tm_create' })
  tmCreate!: string;

  @Column('bigint', { name: 'tm_update' })
  tmUpdate!: string;
}
