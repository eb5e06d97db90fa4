import { Link } from "react-router";
import { Icon } from "./icons";

export interface Crumb {
  name: string;
  to?: string;
  /** Shown as monospace. */
  id?: boolean;
}

/** Breadcrumbs that are the URL. Escape goes one up (see keys.tsx). */
export function Crumbs({ items }: { items: readonly Crumb[] }) {
  return (
    <nav className="crumbs" aria-label="Breadcrumb">
      <ol>
        {items.map((item, i) => (
          <li key={i}>
            {i > 0 && <Icon name="chevron" />}
            {item.to === undefined || i === items.length - 1 ? (
              <span aria-current="page" className={item.id ? "id" : ""} title={item.name}>
                {item.name}
              </span>
            ) : (
              <Link to={item.to} className={item.id ? "id" : ""} title={item.name} data-crumb>
                {item.name}
              </Link>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
