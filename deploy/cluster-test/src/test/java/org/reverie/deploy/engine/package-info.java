/**
 * An engine that does as a test says; put into a jar of its own and sent to executors.
 *
 * <p>In and out: as any engine. It must not know the tests: system properties tell it what to do.
 */
package org.reverie.deploy.engine;
