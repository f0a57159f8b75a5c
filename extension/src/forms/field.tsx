/** A control with its label, its hint and what is wrong with it, tied together for a screen reader. */

import * as React from 'react';

/** What a control needs to be tied to its texts. */
export interface ControlProps {
  id: string;
  'aria-describedby'?: string;
  'aria-invalid'?: true;
  'aria-required'?: true;
}

interface FieldProps {
  label: string;
  /** What the mouse tells of the label. */
  title?: string;
  hint?: string;
  error?: string | null;
  required?: boolean;
  children: (props: ControlProps) => React.ReactNode;
}

/** Label above, hint and error below; the error is also announced. */
export function Field({ label, title, hint, error, required, children }: FieldProps): React.ReactElement {
  const id = React.useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className="vre-field">
      <label htmlFor={id} title={title}>
        {label}
        {required && <span aria-hidden="true"> *</span>}
      </label>
      {children({
        id,
        'aria-describedby': described || undefined,
        'aria-invalid': error ? true : undefined,
        'aria-required': required ? true : undefined
      })}
      {hint && (
        <p className="vre-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <p className="vre-field-error" id={`${id}-error`} role="alert">
        {error ?? ''}
      </p>
    </div>
  );
}

interface TextFieldProps extends Omit<FieldProps, 'children'> {
  value: string;
  change: (value: string) => void;
  first?: boolean;
  /** What may be typed is proposed from this list. */
  proposals?: readonly string[];
}

/** A field for a line of text; `first` has the focus when the dialog opens. */
export function TextField({ value, change, first, proposals, ...field }: TextFieldProps): React.ReactElement {
  const list = React.useId();
  return (
    <Field {...field}>
      {props => (
        <>
          <input
            {...props}
            type="text"
            className="jp-mod-styled"
            autoComplete="off"
            spellCheck={false}
            list={proposals && list}
            data-first={first || undefined}
            value={value}
            onChange={event => change(event.target.value)}
          />
          {proposals && (
            <datalist id={list}>
              {proposals.map(proposal => (
                <option key={proposal} value={proposal} />
              ))}
            </datalist>
          )}
        </>
      )}
    </Field>
  );
}
