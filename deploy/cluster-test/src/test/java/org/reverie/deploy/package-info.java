/**
 * The shaded jar on real processes: a standalone cluster, HDFS, an S3 server.
 *
 * <p>In: what {@code mvn package} made. It must not know how the driver works.
 */
package org.reverie.deploy;
