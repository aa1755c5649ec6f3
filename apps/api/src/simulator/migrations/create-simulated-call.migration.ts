import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateSimulatedCall1760000000100 implements MigrationInterface {
  readonly name = 'CreateSimulatedCall1760000000100';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE simulated_call (
        id uuid PRIMARY KEY,
        customer_id uuid,
        groupcall_id uuid,
        root_id uuid,
        target text,
        fingerprint text,
        state text NOT NULL CHECK (state IN ('ringing', 'answered', 'ended', 'tombstone')),
        reason text,
        next_step text CHECK (next_step IN ('answer', 'end')),
        next_reason text,
        next_at bigint,
        talk_time bigint,
        answers_on_cancel boolean NOT NULL DEFAULT false,
        news text[] NOT NULL DEFAULT '{}',
        news_at bigint,
        news_claim integer NOT NULL DEFAULT 0,
        attempts integer NOT NULL DEFAULT 0,
        due_at bigint GENERATED ALWAYS AS (LEAST(next_at, news_at)) STORED,
        tm_create bigint NOT NULL,
        tm_answer bigint,
        tm_hangup bigint
      )`);
    await queryRunner.query(
      `CREATE INDEX simulated_call_due ON simulated_call (due_at) WHERE due_at IS NOT NULL`,
    );
    await queryRunner.query(
      `CREATE INDEX simulated_call_live ON simulated_call (id) WHERE state IN ('ringing', 'answered')`,
    );
    await queryRunner.query(
      `CREATE INDEX simulated_call_over ON simulated_call (tm_hangup) WHERE state IN ('ended', 'tombstone')`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE simulated_call');
  }
}
