#ifndef SERVICE_H
#define SERVICE_H
enum service_screen {
    SV_INPUTS, SV_GRID, SV_COLOURS, SV_PICTURES, SV_MEMORY, SV_BOOKS, SV_CONFIGURATION, SV_CLEAR, SV_CHECK, SV_EXIT,
    SV_MAIN, SV_SETTINGS, SV_SAVE, SV_COINS,
};
enum { MAIN_ITEMS = 10, CONFIGURATION_ITEMS = 4, SETTINGS_LINES = 7 };
extern const char *const main_items[MAIN_ITEMS], *const configuration_items[CONFIGURATION_ITEMS];
extern unsigned char service_cursors[4];        /* main, configuration, settings, save */
extern unsigned long service_result;            /* of the memory test or the program check */
extern unsigned char service_page;              /* of the picture viewer */
const char *setting_name(int line);
const char *setting_value(int line);
#endif
