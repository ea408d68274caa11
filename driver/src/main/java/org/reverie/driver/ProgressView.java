package org.reverie.driver;
public interface ProgressView { void plan(String text); void progress(double a, double b, String what, int retries); void note(String t); void done(String print, java.time.Duration took, String last); }
