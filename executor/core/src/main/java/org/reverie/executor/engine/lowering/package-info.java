/** What engines with kernels of their own do to a brain before they plan its steps. */
package org.reverie.executor.engine.lowering;
