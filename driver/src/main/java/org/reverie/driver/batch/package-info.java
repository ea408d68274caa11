/**
 * Many renders, one after the other, overnight.
 *
 * <p>In: a batch file. Out: the prints, and a report that tells, while it runs and afterwards, what
 * became of each. It must not know Spark or the command line.
 */
package org.reverie.driver.batch;
