import type { ReactNode } from "react";

/* Drawn for this page on a 16-px grid, 1.5-px strokes in the colour of the text around them. */
const SHAPES = {
  bucket: (
    <path d="M2.5 4.500c0-1.100 2.500-2 5.500-2s5.500.900 5.500 2-2.500 2-5.500 2-5.500-.900-5.500-2Zm0 0 1.200 7.600c.200.800 2 1.400 4.300 1.400s4.100-.600 4.300-1.400l1.200-7.600" />
  ),
  run: (
    <path d="M4 3.500a1.500 1.500 0 1 0 0 .010M4 5v6m0 0a1.500 1.500 0 1 0 0 .010M12 8a1.500 1.500 0 1 0 0 .010M4 6c0 1.500 1.500 2.500 3 2.500h3.500" />
  ),
  task: <path d="M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Zm0-9v3.200l2 1.300" />,
  file: <path d="M9 1.750H4.500a1 1 0 0 0-1 1v10.500a1 1 0 0 0 1 1h7a1 1 0 0 0 1-1V5.250L9 1.750Zm0 0v3.500h3.500" />,
  versions: <path d="M8 2.250 14 5.250 8 8.250 2 5.250ZM2 8l6 3 6-3M2 10.750l6 3 6-3" />,
  folder: (
    <path d="M1.750 12.250v-8.500a1 1 0 0 1 1-1h3.100l1.500 1.750h5.900a1 1 0 0 1 1 1v6.750a1 1 0 0 1-1 1H2.750a1 1 0 0 1-1-1Z" />
  ),
  link: (
    <path d="M6.500 9.500 12 4m0 0H8.500M12 4v3.500M6 4.500H4.250a1 1 0 0 0-1 1v6.250a1 1 0 0 0 1 1h6.250a1 1 0 0 0 1-1V10" />
  ),
  pipe: <path d="M2 8h12M4.500 5.500 2 8l2.500 2.500M11.500 5.500 14 8l-2.500 2.500" />,
  copy: (
    <path d="M5.750 5.750v-2.500a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-2.500m-7-4.500h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1Z" />
  ),
  check: <path d="m3 8.500 3.250 3.250L13 5" />,
  cross: <path d="m4 4 8 8m0-8-8 8" />,
  search: <path d="M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.600-1.400L14 14" />,
  download: <path d="M8 2.250v7.500m0 0 3-3m-3 3-3-3M2.750 13.250h10.500" />,
  sun: (
    <path d="M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1.500v1M8 13.500v1M1.500 8h1M13.500 8h1M3.400 3.400l.700.700M11.900 11.900l.700.700M12.600 3.400l-.700.700M4.100 11.900l-.700.700" />
  ),
  moon: <path d="M13.500 9.500A6 6 0 0 1 6.500 2.500a6 6 0 1 0 7 7Z" />,
  system: <path d="M2.250 3.250h11.500v7.500H2.250ZM5.500 13.250h5M8 10.750v2.500" />,
  warning: <path d="M8 2.250 14.250 13.250H1.750ZM8 6.500v3m0 1.750v.010" />,
  clock: <path d="M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Zm0-9v3.200l2 1.300" />,
  dash: <path d="M4 8h8" />,
  dots: <path d="M4 8v.010M8 8v.010M12 8v.010" />,
  chevron: <path d="m6 3.500 4.500 4.500L6 12.500" />,
  keys: (
    <path d="M1.750 4.250h12.500v7.500H1.750ZM4 6.750v.010M6.700 6.750v.010M9.300 6.750v.010M12 6.750v.010M5 9.500h6" />
  ),
  up: <path d="M8 13V3m0 0L4 7m4-4 4 4" />,
} as const satisfies Record<string, ReactNode>;

export type IconName = keyof typeof SHAPES;

/** Decoration beside words; what it means is said in text. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {SHAPES[name]}
    </svg>
  );
}
