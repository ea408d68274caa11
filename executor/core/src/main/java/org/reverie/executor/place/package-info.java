/**
 * Names of files: those beside and inside others, and what people are told of them. In come Hadoop
 * paths and what file systems threw, out come paths and text. It opens no file, and knows no
 * pictures, brains or stores.
 */
package org.reverie.executor.place;
