package io.streamkeeper.server.cli;

import io.streamkeeper.server.setting.PathName;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses the paths of flags that only one tool has. */
final class Paths implements ITypeConverter<Path> {
    private static final PathName PATH = new PathName("DIR");

    @Override
    public Path convert(String text) {
        try {
            return PATH.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
    }
}
