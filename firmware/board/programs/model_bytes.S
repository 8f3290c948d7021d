    .section TINYFOG_TFM_SECTION, "a"
    .balign 16
    .global g_model, g_model_end
g_model:
    .incbin TINYFOG_TFM
g_model_end:
#ifdef __linux__ // else the linker asks for an executable stack
    .section .note.GNU-stack, "", %progbits
#endif
