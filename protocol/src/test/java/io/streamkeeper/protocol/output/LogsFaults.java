package io.streamkeeper.protocol.output;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Announces what a test logs at WARN or above. The test fails if one of these is not logged. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface LogsFaults {
    /** Parts of the messages, as they are written in the source. */
    String[] value();
}
