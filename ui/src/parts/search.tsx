import { type RefObject, useEffect, useState } from "react";
import { Icon } from "./icons";

/** The page's search: `/` comes here, Escape empties it and then leaves it. */
export function Search({
  label,
  value,
  onChange,
  ref,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  ref?: RefObject<HTMLInputElement | null>;
}) {
  return (
    <label className="search">
      <Icon name="search" />
      <span className="sr">{label}</span>
      <input
        ref={ref ?? null}
        type="search"
        data-search
        placeholder={label}
        value={value}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.stopPropagation();
            if (value === "") event.currentTarget.blur();
            else onChange("");
          }
          if (event.key === "ArrowDown" || event.key === "Enter") {
            event.preventDefault();
            document.querySelector<HTMLElement>("a[data-row]")?.focus();
          }
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </label>
  );
}

/** The value once it has stood still for a moment. */
export function useSettled(value: string, milliseconds = 150): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}
