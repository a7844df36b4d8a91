/** Odoo's own figures (width 100, four blanks) with the XML plugin that the OCA uses. */
module.exports = {
  plugins: [require.resolve("@prettier/plugin-xml")],
  printWidth: 100,
  proseWrap: "preserve",
  trailingComma: "es5",
  xmlWhitespaceSensitivity: "preserve",
  overrides: [
    // Records hold whole sentences as values: blanks in them count, and breaking tags is ugly.
    { files: ["**/{data,demo,security}/*.xml"], options: { printWidth: 240 } },
  ],
};
