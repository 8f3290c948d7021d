#pragma once

/// Places that a counter outside of the board recognises by their symbols; they do nothing.
extern "C" {
void MarkBegin();
void MarkEnd();
}
