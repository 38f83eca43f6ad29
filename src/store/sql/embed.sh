#!/bin/sh
# A text file as one element of a C array of strings.
sed -e 's/["\\]/\\&/g' -e 's/.*/"&\\n"/' -e '$s/$/,/' "$1"
