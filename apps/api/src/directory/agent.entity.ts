import type { Address } from '@groupcall/address';
import type { RingMethod } from '@groupcall/groupcall';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Somebody to ring, at one or more addresses. Moments are epoch ms. */
@Entity('agent')
export class Agent {
  @PrimaryColumn('uuid', { name: 'customer_id' })
  customerId!: string;

  @PrimaryColumn('uuid')
  id!: string;

  @Column('text', { name: 'ring_method' })
  ringMethod!: RingMethod;

  /** In the order in which they are rung. */
  @Column('json')
  addresses!: Address[];

  @Column('bigint', { name: 'tm_create' })
  tmCreate!: string;

  @Column('bigint', { name: 'tm_update' })
  tmUpdate!: string;
}
