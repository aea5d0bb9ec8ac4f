// What a message's JSON form needs beyond its fields' names and values (generated/json-forms.ts holds the facts).

/** Fields by name; those that aren't there are shown in every version. */
export interface JsonForms {
  readonly [field: string]: JsonForm;
}

export interface JsonForm {
  /** The first and last version that show the field. */
  readonly from?: number;
  readonly to?: number;
  /** A tagged field isn't shown when it has this value; '' stands for an empty array too. */
  readonly omitted?: number | boolean | string | null;
  readonly isDouble?: boolean;
  /** Of the structure within. */
  readonly fields?: JsonForms;
}
