import { useEffect, useState } from "react";
import { Link, NavLink, Outlet, ScrollRestoration } from "react-router";
import { useTasks } from "../lib/api";
import { to } from "../lib/links";
import { Icon, type IconName } from "./icons";
import { Keys } from "./keys";

const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];
const THEME_ICON: Record<Theme, IconName> = { system: "system", light: "sun", dark: "moon" };

function storedTheme(): Theme {
  const theme = document.documentElement.dataset["theme"];
  return theme === "light" || theme === "dark" ? theme : "system";
}

function ThemeButton() {
  const [theme, setTheme] = useState(storedTheme);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] as Theme;
  const choose = () => {
    setTheme(next);
    if (next === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = next;
    try {
      localStorage.setItem("rok.theme", next);
    } catch {
      // Storage is switched off: the choice lasts as long as the page.
    }
    dispatchEvent(new Event("rok-theme"));
  };
  return (
    <button type="button" className="railbutton" onClick={choose} title={`Theme: ${theme}. Change to ${next}`}>
      <Icon name={THEME_ICON[theme]} />
      <span className="label">Theme: {theme}</span>
    </button>
  );
}

/** The rail on the left (on top where it is narrow), and the page. */
export function Shell() {
  const [keysOpen, setKeysOpen] = useState(false);
  const running = useTasks(10_000).data?.items.length ?? 0;
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="rail">
        <Link to={to.buckets()} className="brand" aria-label="Rok, buckets">
          <img src="/rok/rok.svg" alt="" width="24" height="24" />
          <span className="label">Rok</span>
        </Link>
        <nav aria-label="Main">
          <Item to={to.buckets()} icon="bucket" name="Buckets" />
          <Item to={to.runs()} icon="run" name="Runs" />
          <Item to={to.tasks()} icon="task" name="Tasks" badge={running} />
        </nav>
        <div className="railend">
          <ThemeButton />
          <button type="button" className="railbutton" onClick={() => setKeysOpen(true)} title="Keys (?)">
            <Icon name="keys" />
            <span className="label">Keys</span>
          </button>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
      <Keys open={keysOpen} setOpen={setKeysOpen} />
      <ScrollRestoration />
    </div>
  );
}

function Item({ to: target, icon, name, badge = 0 }: { to: string; icon: IconName; name: string; badge?: number }) {
  return (
    <NavLink to={target} className="railitem">
      <Icon name={icon} />
      <span className="label">{name}</span>
      {badge > 0 && (
        <span className="badge">
          {badge}
          <span className="sr"> running</span>
        </span>
      )}
    </NavLink>
  );
}

/** The title of the browser's tab. */
export function useTitle(...parts: string[]): void {
  const title = [...parts, "Rok"].join(" · ");
  useEffect(() => {
    document.title = title;
  }, [title]);
}
