/* After a form came back with errors, the summary gets the focus, so that nobody has to look for it. */
document.getElementById("error-summary")?.focus();
