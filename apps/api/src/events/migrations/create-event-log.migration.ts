import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateEventLog1760000000300 implements MigrationInterface {
  readonly name = 'CreateEventLog1760000000300';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE event_log (
        position bigserial PRIMARY KEY,
        customer_id uuid NOT NULL,
        event_id uuid NOT NULL,
        owner_id uuid NOT NULL,
        type text NOT NULL,
        payload json NOT NULL,
        tm_create bigint NOT NULL
      )`);
    await queryRunner.query('CREATE UNIQUE INDEX event_log_event ON event_log (event_id)');
    await queryRunner.query('CREATE INDEX event_log_customer ON event_log (customer_id, position)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE event_log');
  }
}
