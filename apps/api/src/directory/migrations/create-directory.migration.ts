import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateDirectory1760000000200 implements MigrationInterface {
  readonly name = 'CreateDirectory1760000000200';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE agent (
        customer_id uuid NOT NULL,
        id uuid NOT NULL,
        ring_method text NOT NULL,
        addresses json NOT NULL,
        tm_create bigint NOT NULL,
        tm_update bigint NOT NULL,
        PRIMARY KEY (customer_id, id)
      )`);
    await queryRunner.query(`
      CREATE TABLE extension (
        customer_id uuid NOT NULL,
        name text NOT NULL,
        contacts json NOT NULL,
        agent_id uuid,
        tm_create bigint NOT NULL,
        tm_update bigint NOT NULL,
        PRIMARY KEY (customer_id, name)
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE extension');
    await queryRunner.query('DROP TABLE agent');
  }
}
