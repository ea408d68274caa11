/**
 * The command line: flags to a job, progress and problems to people, and the exit status.
 *
 * <p>In: arguments. Out: a {@link org.reverie.conf.RenderJob} handed to a {@link
 * org.reverie.driver.cli.Renderer}, and what a person watching reads. It must not know octaves,
 * tiles or engines.
 */
package org.reverie.driver.cli;
