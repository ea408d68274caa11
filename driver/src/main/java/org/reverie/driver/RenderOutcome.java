package org.reverie.driver;
public enum RenderOutcome { DONE, PLANNED, STOPPED }
