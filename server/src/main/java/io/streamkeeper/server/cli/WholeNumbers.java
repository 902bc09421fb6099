package io.streamkeeper.server.cli;

import io.streamkeeper.protocol.Digits;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a whole number in ASCII digits, perhaps with a minus sign, which what the flag allows refuses in its own words. */
final class WholeNumbers implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
        boolean negative = text.startsWith("-");
        try {
            int number = Digits.toInt(negative ? text.substring(1) : text);
            return negative ? -number : number;
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is not a whole number; expected one such as 4");
        }
    }
}
