package io.coldframe.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/// A failure as one line for people.
public final class ErrorText {

    private ErrorText() {}

    /// What went wrong. The JDK's exceptions on files say only which file.
    public static String of(IOException failure) {
        String what =
                switch (failure) {
                    case NoSuchFileException _ -> "no such file or directory";
                    case AccessDeniedException _ -> "permission denied";
                    case FileAlreadyExistsException _ -> "exists already";
                    case NotDirectoryException _ -> "not a directory";
                    case DirectoryNotEmptyException _ -> "directory is not empty";
                    default -> "";
                };
        if (failure instanceof FileSystemException file && !what.isEmpty()) {
            return oneLine(file.getFile() + ": " + what);
        }
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : oneLine(message);
    }

    /// `text` without what would break the line or the terminal: a file's name may hold anything.
    public static String oneLine(String text) {
        StringBuilder out = new StringBuilder();
        for (int at = 0; at < text.length(); at++) {
            char unit = text.charAt(at);
            if (Character.isISOControl(unit)) {
                out.append(String.format("\\u%04x", (int) unit));
            } else {
                out.append(unit);
            }
        }
        return out.toString();
    }
}
