import type { CallBehaviour } from './gateway-behaviour.js';

/** The three ways in which every scenario is played. */
export const TARGETS = ['core', 'runtime', 'http'] as const;
export type TargetName = (typeof TARGETS)[number];

/** A destination as in a request, or a shorthand (README, *Addresses*). */
export type DestinationText = string | Record<string, unknown>;

export interface AgentText {
  readonly ring_method?: string;
  readonly addresses: readonly DestinationText[];
  /** Missing: the scenario's own customer. */
  readonly customer?: string;
}

export interface ExtensionText {
  readonly contacts: readonly string[];
  /** Name of the agent it belongs to. */
  readonly agent?: string;
  readonly customer?: string;
}

/** `fail`: so many lookups fail first. `hold`: no answer before `release`. `answer`: what the directory says, unchecked. */
export interface DirectoryFault {
  readonly fail?: number;
  readonly hold?: boolean;
  readonly answer?: Record<string, unknown>;
}

/** Agents and extensions by name; null removes one. */
export interface DirectoryText {
  readonly agents?: Record<string, AgentText | null>;
  readonly extensions?: Record<string, ExtensionText | null>;
  /** By shorthand: `agent:alice`, `extension:100`. */
  readonly faults?: Record<string, DirectoryFault>;
}

/** By leg, `*` for all others. */
export type GatewayText = Record<string, Partial<CallBehaviour>>;

export type Body = Record<string, unknown>;

export interface CreateText {
  /** Prefix of the tree's labels; missing: the main tree. */
  readonly as?: string;
  readonly body: Body;
  readonly key?: string;
  /** `@name`: an id chosen by the sender. */
  readonly id?: string;
  /** So many of them, without labels. */
  readonly times?: number;
}

export interface ListText {
  readonly filter?: Record<string, string>;
  readonly page_size?: number;
  /** Created after the first page was read. */
  readonly between?: CreateText;
}

/** What a step does; exactly one of these, or none to let time pass. */
export interface Actions {
  readonly create?: CreateText;
  readonly ringing?: string | readonly string[];
  readonly answer?: string | readonly string[];
  /** `<leg> <reason>` */
  readonly end?: string | readonly string[];
  readonly end_unheard?: string;
  readonly hangup?: string;
  readonly hangup_others?: string;
  readonly delete?: string;
  readonly read?: string;
  readonly list?: ListText;
  readonly master_call_ended?: string;
  readonly customer_deleted?: string;
  readonly customer_frozen?: string;
  readonly alarm?: string;
  readonly gateway?: GatewayText;
  readonly directory?: DirectoryText;
  readonly release?: string;
  readonly relay?: 'stop' | 'start';
  /** Sent one after the other without waiting for any. */
  readonly together?: readonly Actions[];
  /** Who asks: name of a customer. */
  readonly by?: string;
}

export interface Step extends Actions {
  /** Virtual ms since the start; missing: at once. */
  readonly at?: number;
  readonly expect?: Expectation;
}

/** `<status> <reason> <by>` as far as it is said, or wire keys with `is` for that text. */
export type StateText = string | Record<string, unknown>;

export interface Expectation {
  /** Of the step: a word (`won`, `CONFLICT`), or what was refused. */
  readonly result?:
    string | { readonly error: string; readonly fields?: readonly string[] } | { readonly same_as: string };
  /** Of `together`: how often which word. */
  readonly results?: Record<string, number>;
  /** Of `list`: labels, newest first; those of one moment may stand in any order. */
  readonly listed?: readonly string[];
  /** Of `list`: how many. */
  readonly listed_count?: number;
  readonly groupcalls?: Record<string, StateText>;
  readonly legs?: Record<string, StateText>;
  /** How many legs are in which state. */
  readonly tally?: Record<string, number>;
  /** Legs that the gateway was asked to place, by time, then by label. */
  readonly dialed?: readonly string[];
  /** `<leg> <reason>` of every hangup that reached the gateway, in any order. */
  readonly hung_up?: readonly string[];
  /** `<type> <label>` of the main tree's events; an inner list may come in any order. */
  readonly events?: readonly (string | readonly string[])[];
  readonly event_counts?: Record<string, number>;
  readonly late_answers?: number;
  /** Calls that have not ended at the gateway. */
  readonly living?: number;
}

export interface Scenario {
  readonly name: string;
  /** Section of SPEC.md, with the RELIABILITY id if there is one. */
  readonly spec: string;
  /** What would have to be wrong for this to fail, where the name does not say it. */
  readonly why?: string;
  /** Targets on which it cannot be expressed, each with the reason. */
  readonly skip?: Partial<Record<TargetName, string>>;
  readonly given?: {
    readonly limits?: Record<string, number>;
    readonly directory?: DirectoryText;
    readonly gateway?: GatewayText;
  };
  readonly request?: Body;
  readonly steps?: readonly Step[];
  /** Of the end. `groupcalls` and `legs`, where given, must be complete. */
  readonly expect: Expectation;
}
