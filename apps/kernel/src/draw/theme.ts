/**
 * Colours of the drawings. Blocks and holes differ in lightness and in their outline too, for who sees no colours.
 *
 * @module
 */
export interface Theme {
  readonly background: string;
  readonly ink: string;
  readonly dim: string;
  readonly line: string;
  /** Memory that somebody owns. */
  readonly used: string;
  readonly usedLine: string;
  /** Memory that nobody owns. */
  readonly free: string;
  readonly freeLine: string;
  /** Pointers. */
  readonly accent: string;
}

export type ThemeName = "light" | "dark";

export const THEMES: Readonly<Record<ThemeName, Theme>> = {
  light: {
    background: "#ffffff",
    ink: "#1f2328",
    dim: "#59636e",
    line: "#b7bfc8",
    used: "#bcd9fb",
    usedLine: "#0b5cad",
    free: "#f3f5f7",
    freeLine: "#8c959f",
    accent: "#b03a00",
  },
  dark: {
    background: "#0d1117",
    ink: "#e6edf3",
    dim: "#9198a1",
    line: "#3d444d",
    used: "#1d4272",
    usedLine: "#5aa2f5",
    free: "#161c24",
    freeLine: "#6a737d",
    accent: "#f0883e",
  },
};
